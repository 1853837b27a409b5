"""Workshops at many sites (hội thảo trực tuyến): every site accounted for, before, during and after."""
